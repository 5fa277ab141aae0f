"""The secrets that the hub needs, copied from the deployer's environment to Parameter Store and nowhere else.

Ephemeral variables pass them to write-only arguments, so that they are not in the synthesized JSON, the plan or the
state: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
"""

from __future__ import annotations

from cdktf import Precondition, TerraformResourceLifecycle, TerraformVariable
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from pophub.core.contract import CERTIFICATE_SECRETS, parameter_path

UNSET = "unset"


class Secrets(Construct):
    """One SecureString for each secret, named <parameter path>/<secret>."""

    def __init__(self, scope: Construct, id_: str, *, event: str, names: tuple[str, ...]) -> None:
        super().__init__(scope, id_)
        version = TerraformVariable(
            self,
            "version",
            type="number",
            default=1,
            description="Raise it to have changed secrets written again",
        )
        version.override_logical_id("secrets_version")
        # a part of the bundle's pointer: a higher number makes the hub fetch the secrets again
        self.version = version.string_value
        self.parameters = [self._secret(event, name, version) for name in names]

    def _secret(self, event: str, name: str, version: TerraformVariable) -> SsmParameter:
        # with a default, because a destroy does not need secrets
        variable = TerraformVariable(self, name, type="string", sensitive=True, default=UNSET)
        variable.override_logical_id(name)
        variable.add_override("ephemeral", True)
        return SsmParameter(
            self,
            f"{name}_parameter",
            name=f"{parameter_path(event)}/{name}",
            type="SecureString",
            # a chain of certificates can be longer than the Standard tier allows
            tier="Intelligent-Tiering" if name in CERTIFICATE_SECRETS else None,
            value_wo=variable.string_value,
            value_wo_version=version.number_value,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=f'${{!contains(["", "{UNSET}"], var.{name})}}',
                        error_message=f"The secret is missing: export TF_VAR_{name} and deploy again. "
                        "README, 'An event in five steps', says where it comes from.",
                    )
                ]
            ),
        )
