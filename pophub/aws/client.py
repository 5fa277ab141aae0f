"""AWS through boto3: single calls or all pages of one, with AWS's refusals explained in plain words."""

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
# boto3 is imported only where it is used: the import takes longer than most commands that do not need AWS

# report an AWS that does not answer within a minute; by default that takes ten
CONNECT_SECONDS, READ_SECONDS = 10, 60
CREDENTIALS = "`aws configure` or `aws sso login`, or export AWS_PROFILE; then the same command again"
# after these errors no other call can succeed either
OF_NO_USE = {Kind.SIGNED_OUT, Kind.CLOCK, Kind.REGION_OFF}
UNREACHABLE = "Unreachable"


class AwsRefusal(PophubError):
    """AWS's answer to one call, in plain words and with AWS's code. Other calls may still succeed."""

    def __init__(self, call: str, aws_code: str, message: str) -> None:
        service, _, operation = call.partition(" ")
        self.explanation = explain_call(service, operation, aws_code, message)
        message_of_aws = f"{call}: {aws_code}: {message}"
        known = self.explanation.kind is not Kind.UNKNOWN
        problem = f"{self.explanation.problem} ({message_of_aws})" if known else message_of_aws
        super().__init__(problem, hint=self.explanation.next_step, code=ExitCode.REFUSED)
        self.call, self.aws_code = call, aws_code


class Aws:
    """AWS with one identity: the `session`, or else the environment's. Makes one client for each service and region."""

    def __init__(self, session: boto3.session.Session | None = None, *, endpoint_url: str | None = None) -> None:
        self._given, self._endpoint_url = session, endpoint_url
        # several threads may use a client at once, but only one may create clients:
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
            # False is ignored here: a client without credentials fails at its first call
            self._has_credentials  # noqa: B018
            _require_ca_file(self._session._session.get_config_variable("ca_bundle"))
            # By default boto3 signs S3 links with an old method and for the global host, and newer regions refuse both:
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
        """A service's address, as in https://sts.us-west-2.amazonaws.com."""
        return str(self.client(service, region).meta.endpoint_url)

    def account_id(self) -> str:
        """The AWS account's number. Usually the first call, so it shows whether AWS can be reached.

        Raises:
            PophubError: there are no credentials, or AWS cannot be reached.
        """
        try:
            return str(self.call("sts", "us-east-1", "get_caller_identity")["Account"])
        except AwsRefusal as refusal:
            if refusal.aws_code != UNREACHABLE:
                raise
            hint = "is the network up? The same command goes on where it stopped"
            raise PophubError("AWS could not be reached", hint=hint, code=ExitCode.REFUSED) from refusal

    def has_passing_credentials(self) -> bool:
        """Whether the credentials expire, like those of a role or of `aws sso login`; links that they signed expire too."""
        with _reading_credentials():
            credentials = self._session.get_credentials()
            return bool(credentials and credentials.token)

    @cached_property
    def _has_credentials(self) -> bool:
        """Whether there are credentials. Reads them before the first call, so that an error here does not look like a refusal."""
        with _reading_credentials():
            # botocore asks for the code of a second factor even if nobody can type it
            profile = self._session._session.get_scoped_config()
            if profile.get("mfa_serial") and not sys.stdin.isatty():
                raise ValueError("mfa_serial, and no terminal to type the code at")
            credentials = self._session.get_credentials()
            if not credentials:
                _require_access_key()
            return bool(credentials and credentials.get_frozen_credentials())

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """Make one call.

        Raises:
            AwsRefusal: AWS refuses the call.
            PophubError: there are no valid credentials.
        """
        with plain_words(f"{service} {operation}"):
            return dict(getattr(self.client(service, region), operation)(**arguments))

    def wait(self, service: str, region: str, waiter: str, **arguments: Any) -> None:
        """Wait until AWS has done what was requested; boto3 knows how often to ask and when to give up.

        Raises:
            AwsRefusal: it was not done in time; otherwise like `call`.
        """
        with plain_words(f"{service} {waiter}"):
            self.client(service, region).get_waiter(waiter).wait(**arguments)

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        """What the JMESPath expression `entries` finds in all pages of an answer. Raises the same errors as `call`."""
        with plain_words(f"{service} {operation}"):
            paginator = self.client(service, region).get_paginator(operation)
            # a page without the key yields one None
            yield from (entry for entry in paginator.paginate(**arguments).search(entries) if entry is not None)


@contextmanager
def plain_words(call: str) -> Iterator[None]:
    """Translate boto3's exceptions into those that `Aws.call` documents."""
    import botocore.exceptions as refusals
    from botocore.parsers import ResponseParserError

    try:
        yield
    except refusals.ClientError as error:
        raise _refused(call, error) from error
    except refusals.WaiterError as error:
        answer = error.last_response.get("Error", {}) if isinstance(error.last_response, dict) else {}
        raise AwsRefusal(call, str(answer.get("Code", "NotDone")), str(error)) from error
    except ResponseParserError as error:
        raise AwsRefusal(call, "NotUnderstood", str(error)) from error
    except (refusals.ConnectionError, refusals.HTTPClientError, refusals.IncompleteReadError) as error:
        raise AwsRefusal(call, UNREACHABLE, str(error)) from error
    except refusals.ParamValidationError:
        # a bug in pophub keeps its traceback
        raise
    except refusals.BotoCoreError as error:
        raise _no_credentials(error) from error


@contextmanager
def _reading_credentials() -> Iterator[None]:
    """Also translate errors of the files, programs and prompts from which botocore reads credentials."""
    try:
        with plain_words("sts credentials"):
            yield
    except (OSError, ValueError, EOFError) as error:
        raise _no_credentials(error) from error


def _refused(call: str, error: ClientError) -> PophubError:
    code = str(error.response["Error"].get("Code", "?"))
    refusal = AwsRefusal(call, code, str(error.response["Error"].get("Message", "without a message")))
    if refusal.explanation.kind in OF_NO_USE:
        return PophubError(f"{refusal.explanation.problem} ({code})", hint=refusal.hint, code=ExitCode.REFUSED)
    return refusal


def _require_access_key() -> None:
    """Check for a missing access key, because botocore reports a missing secret key only."""
    from botocore.exceptions import PartialCredentialsError

    if os.environ.get("AWS_SECRET_ACCESS_KEY") and not os.environ.get("AWS_ACCESS_KEY_ID"):
        raise PartialCredentialsError(provider="env", cred_var="AWS_ACCESS_KEY_ID")


def _require_ca_file(path: str | None) -> None:
    """Check the file first: botocore reports a missing file as a server that does not answer."""
    if path and not Path(path).exists():
        hint = "correct or unset AWS_CA_BUNDLE (or `ca_bundle` in ~/.aws/config); then the same command again"
        raise PophubError(f"the file of CA certificates for AWS is not there: {path}", hint=hint)


def _no_credentials(error: Exception) -> PophubError:
    """The error for missing or unreadable credentials.

    For a known cause, the output of credential programs is left out, because it may contain a secret.
    """
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
