"""The permission that a call needs, if its name differs from the call's.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from lab.wire.call import Call

_PREFIXES = {"resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas"}
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_S3 = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
}
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
_BUDGETS = {
    "CreateBudget": "ModifyBudget",
    "CreateNotification": "ModifyBudget",
    "CreateSubscriber": "ModifyBudget",
    "DeleteBudget": "ModifyBudget",
    "DeleteNotification": "ModifyBudget",
    "DeleteSubscriber": "ModifyBudget",
    "DescribeBudget": "ViewBudget",
    "DescribeBudgets": "ViewBudget",
    "DescribeNotificationsForBudget": "ViewBudget",
    "DescribeSubscribersForNotification": "ViewBudget",
    "UpdateBudget": "ModifyBudget",
    "UpdateNotification": "ModifyBudget",
    "UpdateSubscriber": "ModifyBudget",
}
_OTHER = {"s3": _S3, "budgets": _BUDGETS}


def action_of(call: Call) -> str:
    """`service:Action`, as a policy names it."""
    if call.service == "apigatewayv2":
        # its actions are http methods:
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
        return f"apigateway:{call.model.http['method']}"
    name = _OTHER.get(call.service, {}).get(call.operation, call.operation)
    return f"{_PREFIXES.get(call.service, call.service)}:{name}"
