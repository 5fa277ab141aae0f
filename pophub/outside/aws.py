"""AWS through boto3: one call or all pages of one, and what AWS refuses in plain words. It works nothing out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from pophub.errors import ExitCode, PophubError

if TYPE_CHECKING:
    import boto3
    from botocore.exceptions import ClientError
# boto3 is imported where it is used: that takes longer than most of what needs no AWS after all

# an AWS that does not answer is told within a minute, not after ten
CONNECT_SECONDS, READ_SECONDS = 10, 60
CREDENTIALS = "`aws configure` or `aws sso login`, or export AWS_PROFILE; then the same command again"
# codes of credentials that are of no use for any call
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
NOT_ACCEPTED = {"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}
UNREACHABLE = "Unreachable"


class AwsRefusal(PophubError):
    """What AWS answered to one call, with its own code; other calls may still succeed."""

    def __init__(self, call: str, aws_code: str, message: str) -> None:
        super().__init__(f"{call}: {aws_code}: {message}", code=ExitCode.REFUSED)
        self.aws_code = aws_code


class Aws:
    """One identity's AWS, the environment's own without a `session`; a client is made once for a service and region."""

    def __init__(self, session: boto3.session.Session | None = None, *, endpoint_url: str | None = None) -> None:
        self._given, self._endpoint_url = session, endpoint_url
        # clients may be used by several threads at once, but not made:
        # https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
        self._making = RLock()
        self.client = cache(self._client)

    @cached_property
    def _session(self) -> boto3.session.Session:
        import boto3

        return self._given or boto3.session.Session()

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        with self._making, plain_words(service):
            # By itself boto3 signs links to S3 in the old way and for the global host, and newer regions refuse both:
            # https://github.com/boto/boto3/pull/4768, https://github.com/boto/boto3/issues/3015
            config = Config(
                s3={"addressing_style": "virtual"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                signature_version="s3v4" if service == "s3" else None,
            )
            return self._session.client(  # type: ignore[call-overload]
                service, region_name=region, config=config, endpoint_url=self._endpoint_url
            )

    def address(self, service: str, region: str) -> str:
        """Where a service is asked, as in https://sts.us-west-2.amazonaws.com."""
        return str(self.client(service, region).meta.endpoint_url)

    def account_id(self) -> str:
        """The number of the AWS account; the first call of all, so it tells whether AWS can be reached.

        Raises:
            PophubError: without credentials, or without AWS.
        """
        try:
            return str(self.call("sts", "us-east-1", "get_caller_identity")["Account"])
        except AwsRefusal as refusal:
            if refusal.aws_code != UNREACHABLE:
                raise
            hint = "is the network up? The same command goes on where it stopped"
            raise PophubError("AWS could not be reached", hint=hint, code=ExitCode.REFUSED) from refusal

    def has_passing_credentials(self) -> bool:
        """Whether they end by themselves, as those of a role or of `aws sso login` do; what they have signed ends too."""
        with plain_words("credentials"):
            credentials = self._session.get_credentials()
        return bool(credentials and credentials.token)

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call.

        Raises:
            AwsRefusal: AWS does not do it.
            PophubError: nothing can be asked, because there are no valid credentials.
        """
        with plain_words(f"{service} {operation}"):
            return dict(getattr(self.client(service, region), operation)(**arguments))

    def wait(self, service: str, region: str, waiter: str, **arguments: Any) -> None:
        """Until what AWS was asked to do is done; boto3 knows how often to ask and when to give up.

        Raises:
            AwsRefusal: it is not done; and as `call` does.
        """
        with plain_words(f"{service} {waiter}"):
            self.client(service, region).get_waiter(waiter).wait(**arguments)

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        """What the JMESPath `entries` finds in every page of an answer; raises as `call` does."""
        with plain_words(f"{service} {operation}"):
            paginator = self.client(service, region).get_paginator(operation)
            # a page that lacks the key is told as one None
            yield from (entry for entry in paginator.paginate(**arguments).search(entries) if entry is not None)


@contextmanager
def plain_words(call: str) -> Iterator[None]:
    """Turn what boto3 raises into what `Aws.call` promises."""
    import botocore.exceptions as refusals
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (refusals.NoCredentialsError, refusals.PartialCredentialsError, refusals.ProfileNotFound) as error:
        raise PophubError(f"there are no AWS credentials: {error}", hint=CREDENTIALS, code=ExitCode.REFUSED) from error
    except (refusals.TokenRetrievalError, refusals.SSOError) as error:
        raise _expired(error) from error
    except refusals.ClientError as error:
        raise _told(call, error) from error
    except refusals.WaiterError as error:
        said = error.last_response.get("Error", {}) if isinstance(error.last_response, dict) else {}
        raise AwsRefusal(call, str(said.get("Code", "NotDone")), str(error)) from error
    except ResponseParserError as error:
        raise AwsRefusal(call, "NotUnderstood", str(error)) from error
    except (refusals.ConnectionError, refusals.HTTPClientError, refusals.IncompleteReadError) as error:
        raise AwsRefusal(call, UNREACHABLE, str(error)) from error


def _told(call: str, error: ClientError) -> PophubError:
    code = str(error.response["Error"].get("Code", "?"))
    if code in EXPIRED:
        return _expired(error)
    if code in NOT_ACCEPTED:
        hint = "check AWS_PROFILE and the keys with `aws sts get-caller-identity`"
        return PophubError(f"AWS does not accept the credentials ({code})", hint=hint, code=ExitCode.REFUSED)
    return AwsRefusal(call, code, str(error.response["Error"].get("Message", "it said no more")))


def _expired(error: Exception) -> PophubError:
    hint = "sign in again (`aws sso login`); the same command goes on where it stopped"
    return PophubError(f"the AWS credentials have expired: {error}", hint=hint, code=ExitCode.REFUSED)
