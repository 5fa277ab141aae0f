"""The bundle in the account bucket: everything that a hub is made of; its key contains the hash of its content."""

from __future__ import annotations

import json

from cdktf import TerraformProvider, TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_object import S3Object
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from pophub.core.contract import bundle_key, bundle_parameter
from pophub.organizer.deploy.bundle import Bundle
from stacks.base import address
from stacks.secrets import Secrets


class BundleInBucket(Construct):
    """An object that never changes, and a parameter that says which bundle is the newest."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        event: str,
        bundle: Bundle,
        file: str,
        bucket: str,
        bucket_region: str,
        bucket_provider: TerraformProvider | None,
        secrets: Secrets,
    ) -> None:
        super().__init__(scope, id_)
        self.key = bundle_key(event, bundle.sha256)
        self.sha256 = bundle.sha256
        self.stored = S3Object(
            self,
            "object",
            bucket=bucket,
            key=self.key,
            source=file,
            content_type="application/gzip",
            provider=bucket_provider,
            # a hub that is just downloading the old bundle must be able to finish
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        place = {"bucket": bucket, "region": bucket_region, "key": self.key}
        pointer = {**place, "sha256": bundle.sha256, "secrets": secrets.version}
        self.pointer = SsmParameter(
            self,
            "pointer",
            name=bundle_parameter(event),
            type="String",
            value=json.dumps(pointer),
            depends_on=[self.stored, *secrets.parameters],
        )

    def publish_after(self, other: TerraformResource) -> None:
        """Publish the bundle only after `other` exists, because the bundle relies on it, for example on the disk's new size."""
        self.pointer.depends_on = [*(self.pointer.depends_on or ()), address(other)]
