"""The event's own name at API Gateway, with a certificate from ACM; every request goes to one function."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import (
    AcmCertificateValidation,
    AcmCertificateValidationTimeouts,
)
from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api
from cdktf_cdktf_provider_aws.apigatewayv2_api_mapping import Apigatewayv2ApiMapping
from cdktf_cdktf_provider_aws.apigatewayv2_domain_name import (
    Apigatewayv2DomainName,
    Apigatewayv2DomainNameDomainNameConfiguration,
)
from cdktf_cdktf_provider_aws.apigatewayv2_integration import Apigatewayv2Integration
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.apigatewayv2_stage import Apigatewayv2Stage, Apigatewayv2StageDefaultRouteSettings
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from stacks.base import address
from stacks.dns import Dns

# open tabs keep sending requests; a month at this rate would cost 5 USD, and usually it costs cents
REQUESTS_A_SECOND, REQUESTS_AT_ONCE = 2, 50
# AWS issues within minutes if the zone answers: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
ISSUED_WITHIN = "20m"


class Gateway(Construct):
    """The name's regional domain in API Gateway, its certificate, and the HTTP API behind it."""

    def __init__(self, scope: Construct, id_: str, *, name: str, dns: Dns, function: LambdaFunction) -> None:
        super().__init__(scope, id_)
        api, stage = self._api(name, function)
        self.domain = Apigatewayv2DomainName(
            self,
            "domain",
            domain_name=dns.domain,
            domain_name_configuration=Apigatewayv2DomainNameDomainNameConfiguration(
                certificate_arn=self._certificate(dns).certificate_arn,
                endpoint_type="REGIONAL",
                security_policy="TLS_1_2",
            ),
        )
        Apigatewayv2ApiMapping(self, "mapping", api_id=api.id, domain_name=self.domain.id, stage=stage.id)

    def _api(self, name: str, function: LambdaFunction) -> tuple[Apigatewayv2Api, Apigatewayv2Stage]:
        # only the event's own name leads to the API
        api = Apigatewayv2Api(self, "api", name=name, protocol_type="HTTP", disable_execute_api_endpoint=True)
        integration = Apigatewayv2Integration(
            self,
            "integration",
            api_id=api.id,
            integration_type="AWS_PROXY",
            integration_uri=function.invoke_arn,
            payload_format_version="2.0",
        )
        Apigatewayv2Route(self, "route", api_id=api.id, route_key="$default", target=f"integrations/{integration.id}")
        stage = Apigatewayv2Stage(
            self,
            "stage",
            api_id=api.id,
            name="$default",
            auto_deploy=True,
            default_route_settings=Apigatewayv2StageDefaultRouteSettings(
                throttling_rate_limit=REQUESTS_A_SECOND, throttling_burst_limit=REQUESTS_AT_ONCE
            ),
        )
        LambdaPermission(
            self,
            "invoke",
            action="lambda:InvokeFunction",
            function_name=function.function_name,
            principal="apigateway.amazonaws.com",
            source_arn=f"{api.execution_arn}/*/$default",
        )
        return api, stage

    def _certificate(self, dns: Dns) -> AcmCertificateValidation:
        """A certificate that AWS issues and renews as long as its record is in the zone."""
        certificate = AcmCertificate(
            self,
            "certificate",
            domain_name=dns.domain,
            validation_method="DNS",
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        # a certificate for one name has one validation record
        option = f"tolist({address(certificate)}.domain_validation_options)[0]"
        record = Route53Record(
            self,
            "validation",
            zone_id=dns.zone_id,
            name=f"${{{option}.resource_record_name}}",
            type=f"${{{option}.resource_record_type}}",
            records=[f"${{{option}.resource_record_value}}"],
            ttl=60,
            # the same record proves the name for every certificate of this account, for example for the next one here
            allow_overwrite=True,
        )
        return AcmCertificateValidation(
            self,
            "issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            timeouts=AcmCertificateValidationTimeouts(create=ISSUED_WITHIN),
        )
