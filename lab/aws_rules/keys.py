"""KMS: the account's default key for disks, and the right that a role needs to start an instance with a customer's key."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend, SettingsBackend
from moto.ec2.models.elastic_block_store import EBSBackend
from moto.ec2.models.instances import StateReason
from moto.ec2.responses.elastic_block_store import ElasticBlockStore
from moto.kms.models import kms_backends

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import replace
from lab.policies import Need
from lab.role_guard import ASKING

AWS_KEY = "alias/aws/ebs"
# https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
_FOR_EBS = {"kms:GrantIsForAWSResource": "true"}


def enforce() -> None:
    """Add the rules to moto's EC2."""
    _choose_the_default_key()
    _start_with_the_keys()


def _choose_the_default_key() -> None:
    moto_default_key = EBSBackend._create_default_encryption_key

    def _create_default_encryption_key(self: Any) -> str:
        kms = kms_backends[self.account_id][self.region_name]
        if this_account().customer_ebs_key:
            key = kms.create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "the institution's own", None)
            self.default_kms_key_id = key.arn
        else:
            moto_default_key(self)
            kms.describe_key(AWS_KEY).key_manager = "AWS"
        return str(self.default_kms_key_id)

    def get_ebs_default_kms_key_id(self: Any) -> ActionResult:
        """The alias, or the ARN of a customer's key: .../cli/latest/reference/ec2/get-ebs-default-kms-key-id.html."""
        backend = self.ec2_backend
        key = backend.default_kms_key_id or backend._create_default_encryption_key()
        return ActionResult({"KmsKeyId": key if this_account().customer_ebs_key else AWS_KEY})

    def get_ebs_encryption_by_default(self: Any) -> bool:
        return bool(self.ebs_encryption_by_default or this_account().customer_ebs_key)

    replace(EBSBackend, _create_default_encryption_key)
    replace(ElasticBlockStore, get_ebs_default_kms_key_id)
    replace(SettingsBackend, get_ebs_encryption_by_default)


def _start_with_the_keys() -> None:
    """A start needs the right to grant EC2 the use of the disks' keys; without it EC2 returns no error.

    The call succeeds, and the instance goes from pending back to stopped:
    https://github.com/aws-solutions/instance-scheduler-on-aws/issues/139,
    https://repost.aws/knowledge-center/kms-iam-ec2-permission
    """
    moto_start_instances = EC2Backend.start_instances

    def start_instances(self: Any, instance_ids: list[str]) -> Any:
        started = moto_start_instances(self, instance_ids)
        role = ASKING.get()
        for instance, _ in started if role else ():
            needs = [Need("kms:CreateGrant", key, _FOR_EBS) for key in _customer_keys(self, instance)]
            if role and not all(map(role.may, needs)):
                instance.stop()
                error = "Client.InternalError"
                instance._reason, instance.state_reason = error, StateReason(f"{error}: Client error on launch", error)
        return started

    replace(EC2Backend, start_instances)


def _customer_keys(backend: Any, instance: Any) -> set[str]:
    kms = kms_backends[backend.account_id][backend.region_name]
    disks = [each for each in backend.volumes.values() if each.attachment and each.attachment.instance is instance]
    keys = {disk.kms_key_id for disk in disks if disk.kms_key_id}
    return {key for key in keys if kms.describe_key(key).key_manager == "CUSTOMER"}
