"""The account bucket: one private, encrypted, versioned bucket for each AWS account; it outlives events."""

from __future__ import annotations

import json

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleFilterTag,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from pophub.core.contract import BUCKET_DAYS, KEEP_DAYS, KEEP_TAG, OLD_VERSION_DAYS


class AccountBucket(Construct):
    """A bucket that only this account can read and that no destroy deletes."""

    def __init__(self, scope: Construct, id_: str, *, name: str) -> None:
        super().__init__(scope, id_)
        self.bucket = S3Bucket(self, "bucket", bucket=name, lifecycle=TerraformResourceLifecycle(prevent_destroy=True))
        self._keep_private(self.bucket.id, self.bucket.arn)
        S3BucketVersioningA(
            self,
            "versioning",
            bucket=self.bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        S3BucketServerSideEncryptionConfigurationA(
            self,
            "encryption",
            bucket=self.bucket.id,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                        sse_algorithm="AES256"
                    )
                )
            ],
        )
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=self.bucket.id,
            rule=[
                *map(_old_versions, OLD_VERSION_DAYS),
                _failed_uploads(),
                *map(_end, BUCKET_DAYS),
                *map(_kept, KEEP_DAYS),
            ],
        )

    def _keep_private(self, bucket: str, arn: str) -> None:
        S3BucketPublicAccessBlock(
            self,
            "private",
            bucket=bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        S3BucketOwnershipControls(
            self, "owner", bucket=bucket, rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced")
        )
        only_tls = {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        S3BucketPolicy(
            self, "policy", bucket=bucket, policy=json.dumps({"Version": "2012-10-17", "Statement": [only_tls]})
        )


def _old_versions(prefix: str) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=f"old-versions-of-{prefix}",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=f"{prefix}/")],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=OLD_VERSION_DAYS[prefix])
        ],
    )


def _failed_uploads() -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id="failed-uploads",
        status="Enabled",
        # the whole bucket
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
        ],
    )


def _end(prefix: str) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=f"end-of-{prefix}",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=f"{prefix}/")],
        expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=BUCKET_DAYS[prefix])],
    )


def _kept(days: int) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=f"kept-{days}-days",
        status="Enabled",
        filter=[
            S3BucketLifecycleConfigurationRuleFilter(
                tag=[S3BucketLifecycleConfigurationRuleFilterTag(key=KEEP_TAG, value=str(days))]
            )
        ],
        expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)],
    )
