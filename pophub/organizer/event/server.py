"""A participant's server in the event file, and the sizes that participants can choose."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from pophub.organizer.event.checks import Strict, one_or_more, wrong
from pophub.organizer.event.fields import (
    Argument,
    Branch,
    Count,
    Cpus,
    HomeFolder,
    Image,
    MemoryGib,
    RepositoryUrl,
    Text,
    UrlPath,
    Variable,
    VariableValue,
)

GUARANTEES = {"memory_guarantee_gib": "memory_gib", "cpu_guarantee": "cpus"}


def _below_its_limit(guarantee: Decimal | None, info: ValidationInfo) -> Decimal | None:
    name = str(info.field_name)
    limit = info.data.get(GUARANTEES[name])
    if guarantee is not None and limit is not None and guarantee > limit:
        raise wrong(
            f"what is guaranteed is more than the limit, `{GUARANTEES[name]}` of {limit}",
            f"lower `{name}`, or raise `{GUARANTEES[name]}`",
        )
    return guarantee


class Choice(Strict):
    """A named server size on the spawn page."""

    name: Text = Field(examples=["large"], description="What participants read on the page on which they choose.")
    memory_gib: MemoryGib = Field(examples=["8"], description="Memory that a server of this size can use, in GiB.")
    cpus: Cpus = Field(examples=["4"], description="Processors that a server of this size can use.")
    memory_guarantee_gib: MemoryGib | None = Field(
        default=None,
        examples=["4"],
        description="Memory in GiB that a server of this size gets even if the machine is full; null guarantees none.",
    )
    cpu_guarantee: Cpus | None = Field(
        default=None,
        examples=["1"],
        description="Processors that a server of this size gets even if the machine is full; null guarantees none.",
    )

    _guarantees = field_validator("memory_guarantee_gib", "cpu_guarantee")(_below_its_limit)


class Server(Strict):
    """One participant's Jupyter."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"content_branch": {"type": "string"}}, "required": ["content_branch"]},
            "then": {"properties": {"content": {"type": "string"}}, "required": ["content"]},
        }
    )

    image: Image = Field(
        examples=["quay.io/jupyter/scipy-notebook:2026-10-06"],
        description="Container image of the servers, with a digest or with a tag other than `latest`.",
    )
    memory_gib: MemoryGib = Field(
        default=Decimal(4), examples=["4"], description="Memory that one server can use, in GiB."
    )
    cpus: Cpus = Field(default=Decimal(2), examples=["2"], description="Processors that one server can use.")
    memory_guarantee_gib: MemoryGib | None = Field(
        default=None,
        examples=["1"],
        description="Memory in GiB that each server gets even if the machine is full; null guarantees none.",
    )
    cpu_guarantee: Cpus | None = Field(
        default=None,
        examples=["0.5"],
        description="Processors that each server gets even if the machine is full; null guarantees none.",
    )
    home_gib: Annotated[Count, Field(ge=1)] = Field(
        default=10, examples=["10"], description="What each home can hold, in GiB."
    )
    default_url: UrlPath = Field(
        default="/lab",
        examples=["/lab"],
        description="What opens first: `/lab` is JupyterLab, and `/lab/tree/Welcome.md` opens that file in it.",
    )
    start_folder: HomeFolder | None = Field(
        default=None,
        examples=["tutorials"],
        description="Folder of the home that JupyterLab shows first; null shows the home itself.",
    )
    content: RepositoryUrl | None = Field(
        default=None,
        examples=["https://github.com/geohackweek/tutorials"],
        description="Git repository that is pulled into each home at each start of a server; participants' changes stay.",
    )
    content_branch: Branch | None = Field(
        default=None,
        examples=["main"],
        description="Branch of `content`; null is the default branch of the repository.",
    )
    arguments: Annotated[tuple[Argument, ...], one_or_more] = Field(
        default=(),
        examples=['["--ServerApp.max_body_size=1073741824"]'],
        description="Further arguments of jupyter-server.",
    )
    environment: dict[Variable, VariableValue] = Field(
        default={},
        examples=['{COLOUR: "blue"}'],
        json_schema_extra={"additionalProperties": False},
        description="Further environment variables of the servers. Participants can read them, so put no secret there.",
    )
    choices: Annotated[tuple[Choice, ...], Field(max_length=20)] = Field(
        default=(),
        examples=["[{name: large, memory_gib: 8, cpus: 4}]"],
        description="Further sizes that participants can choose when they start their server.",
    )
    admin_access: bool = Field(
        default=False,
        strict=True,
        examples=["true"],
        description="Whether the helpers can open everybody's server, and so read everybody's files.",
    )
    prestart: bool | None = Field(
        default=None,
        strict=True,
        examples=["false"],
        description="Whether servers of people who came before are started before each session, and once those of the "
        "roster's people; null starts them if the machine's memory holds everybody's.",
    )

    _guarantees = field_validator("memory_guarantee_gib", "cpu_guarantee")(_below_its_limit)

    @field_validator("content_branch")
    @classmethod
    def _branch_of_something(cls, branch: str | None, info: ValidationInfo) -> str | None:
        if branch is not None and info.data.get("content", branch) is None:
            raise wrong("a branch without its repository", "give `content` too")
        return branch

    @field_validator("choices")
    @classmethod
    def _names_differ(cls, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        for index, choice in enumerate(choices):
            if choice.name in [earlier.name for earlier in choices[:index]]:
                raise wrong("two choices have the same name", "give each a name of its own", (index, "name"))
        return choices

    @property
    def largest_memory_gib(self) -> Decimal:
        """The memory of the largest size on offer, in GiB."""
        return max([self.memory_gib, *(choice.memory_gib for choice in self.choices)])

    @property
    def largest_cpu_guarantee(self) -> Decimal:
        """The largest number of guaranteed processors of any size; 0 if none is guaranteed."""
        return max(it or Decimal(0) for it in (self.cpu_guarantee, *(choice.cpu_guarantee for choice in self.choices)))
