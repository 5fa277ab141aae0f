"""The AWS account's own settings (hub-config/account.yaml): what all its events share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from pophub import lined_yaml
from pophub.errors import PophubError
from pophub.event import Strict, wrong


class Account(Strict):
    """One AWS account; its shelf is the bucket that outlives events."""

    region: Annotated[str, Field(strict=True, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    shelf: Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")] | None = None
    state: Literal["local", "shelf"] = "local"
    activate_cost_tag: Annotated[bool, Field(strict=True)] = True

    @model_validator(mode="after")
    def _state_has_a_name(self) -> Self:
        if self.state == "shelf" and self.shelf is None:
            raise wrong("`state: shelf` needs the shelf's name, because Terraform reads it before it knows the account")
        return self


def load_account(path: Path) -> Account:
    """Read the account file.

    Raises:
        PophubError: if it cannot be read or says something else than an account.
    """
    try:
        return Account.model_validate(lined_yaml.read(path.read_bytes()).data)
    except (OSError, lined_yaml.UnreadableYaml, ValidationError) as error:
        detail = (
            "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            if isinstance(error, ValidationError)
            else str(error)
        )
        raise PophubError(
            f"{path}: {detail}", hint="the comments of hub-config/account.yaml say what may stand there"
        ) from error
