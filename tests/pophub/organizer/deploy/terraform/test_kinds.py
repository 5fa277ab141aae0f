"""Every resource type of the stacks has a name that people know."""

from __future__ import annotations

import re

from pophub.organizer.deploy.terraform.kinds import kind_of
from pophub.organizer.paths import ROOT


def test_every_resource_of_the_stacks_has_plain_words() -> None:
    code = "\n".join(file.read_text() for file in (ROOT / "stacks").glob("*.py"))
    types = set(re.findall(r"from cdktf_cdktf_provider_aws\.(?!data_aws|provider)(\w+) import", code))
    nameless = {name for name in types if kind_of(f"aws_{name}").many.endswith("(several)")}

    assert len(types) > 25
    assert nameless == set()


def test_a_kind_is_counted_in_words() -> None:
    assert (kind_of("aws_instance").counted(1), kind_of("aws_iam_policy").counted(2)) == ("1 machine", "2 IAM policies")


def test_an_unknown_type_is_named_as_terraform_names_it() -> None:
    assert kind_of("aws_new_thing").one == "new thing"
    assert kind_of("aws_new_thing").typical("create") == 1.0
