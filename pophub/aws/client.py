"""AWS through boto3: one call or all pages of one, and what AWS refuses in plain words. It works nothing out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from pophub.aws.refusals import Kind, explain, explain_call
from pophub.core.errors import ExitCode, PophubError

if TYPE_CHECKING:
    import boto3
    from botocore.exceptions import ClientError
# boto3 is imported where it is used: that takes longer than most of what needs no AWS after all

# an AWS that does not answer is told within a minute, not after ten
CONNECT_SECONDS, READ_SECONDS = 10, 60
CREDENTIALS = "`aws configure` or `aws sso login`, or export AWS_PROFILE; then the same command again"
# with these no other call can succeed either
OF_NO_USE = {Kind.SIGNED_OUT, Kind.CLOCK, Kind.REGION_OFF}
UNREACHABLE = "Unreachable"


class AwsRefusal(PophubError):
    """What AWS answered to one call, in plain words and with its own code; other calls may still succeed."""

    def __init__(self, call: str, aws_code: str, message: str) -> None:
        service, _, operation = call.partition(" ")
        self.explanation = explain_call(service, operation, aws_code, message)
        said = f"{call}: {aws_code}: {message}"
        known = self.explanation.kind is not Kind.UNKNOWN
        problem = f"{self.explanation.problem} ({said})" if known else said
        super().__init__(problem, hint=self.explanation.next_step, code=ExitCode.REFUSED)
        self.call, self.aws_code = call, aws_code


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
            # a client without credentials says so itself at its first call
            self._has_credentials  # noqa: B018
            _require_ca_file(self._session._session.get_config_variable("ca_bundle"))
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
        with _reading_credentials():
            credentials = self._session.get_credentials()
            return bool(credentials and credentials.token)

    @cached_property
    def _has_credentials(self) -> bool:
        """Whether there are any; reads them before the first call, so that what fails there is no refusal of that call."""
        with _reading_credentials():
            # botocore asks for the code of a second factor, also if nobody can type it
            profile = self._session._session.get_scoped_config()
            if profile.get("mfa_serial") and not sys.stdin.isatty():
                raise ValueError("mfa_serial, and no terminal to type the code at")
            credentials = self._session.get_credentials()
            if not credentials:
                _require_access_key()
            return bool(credentials and credentials.get_frozen_credentials())

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
    except refusals.ClientError as error:
        raise _refused(call, error) from error
    except refusals.WaiterError as error:
        said = error.last_response.get("Error", {}) if isinstance(error.last_response, dict) else {}
        raise AwsRefusal(call, str(said.get("Code", "NotDone")), str(error)) from error
    except ResponseParserError as error:
        raise AwsRefusal(call, "NotUnderstood", str(error)) from error
    except (refusals.ConnectionError, refusals.HTTPClientError, refusals.IncompleteReadError) as error:
        raise AwsRefusal(call, UNREACHABLE, str(error)) from error
    except refusals.ParamValidationError:
        # a fault of pophub keeps its traceback
        raise
    except refusals.BotoCoreError as error:
        raise _no_credentials(error) from error


@contextmanager
def _reading_credentials() -> Iterator[None]:
    """What botocore's own classes do not cover comes from files, programs and prompts that it reads them from."""
    try:
        with plain_words("sts credentials"):
            yield
    except (OSError, ValueError, EOFError) as error:
        raise _no_credentials(error) from error


def _refused(call: str, error: ClientError) -> PophubError:
    code = str(error.response["Error"].get("Code", "?"))
    refusal = AwsRefusal(call, code, str(error.response["Error"].get("Message", "it said no more")))
    if refusal.explanation.kind in OF_NO_USE:
        return PophubError(f"{refusal.explanation.problem} ({code})", hint=refusal.hint, code=ExitCode.REFUSED)
    return refusal


def _require_access_key() -> None:
    """By itself botocore looks at the secret key only after the access key."""
    from botocore.exceptions import PartialCredentialsError

    if os.environ.get("AWS_SECRET_ACCESS_KEY") and not os.environ.get("AWS_ACCESS_KEY_ID"):
        raise PartialCredentialsError(provider="env", cred_var="AWS_ACCESS_KEY_ID")


def _require_ca_file(path: str | None) -> None:
    """A missing one looks to botocore like a server that does not answer."""
    if path and not Path(path).exists():
        hint = "correct or unset AWS_CA_BUNDLE (or `ca_bundle` in ~/.aws/config); then the same command again"
        raise PophubError(f"the file of CA certificates for AWS is not there: {path}", hint=hint)


def _no_credentials(error: Exception) -> PophubError:
    """What a known cause's program has printed is left out: it may hold a secret."""
    none, why, hint = "there are no AWS credentials", str(error), CREDENTIALS
    found = explain(f"{type(error).__name__}: {error}")
    if found and found.kind is Kind.SIGNED_OUT:
        why, hint = found.problem, found.next_step
    problem = f"{none}{_where_looked()}" if why == none else f"{none}: {why}"
    return PophubError(problem, hint=hint, code=ExitCode.REFUSED)


def _where_looked() -> str:
    if os.environ.get("HOME"):
        return ""
    try:
        looked = f"{Path('~/.aws').expanduser()} was looked at"
    except RuntimeError:
        looked = "~/.aws was not looked at"
    return f"; HOME is not set, so {looked}"
