"""Each way to sign in has a stand-in, or is refused plainly."""

from __future__ import annotations

import pytest

from lab.demo.sign_in import STAND_INS, require_stand_in
from pophub.core.errors import PophubError
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from pophub.organizer.login import PROVIDERS
from tests.lab.demo.conftest import MakeSignIn
from tests.logins import LOGINS


@pytest.mark.parametrize("kind", sorted(STAND_INS))
def test_the_secrets_are_made_up_anew_and_long_enough(make_sign_in: MakeSignIn, kind: str) -> None:
    first, second = (make_sign_in(kind) for _ in range(2))

    assert set(first.secrets) == set(PROVIDERS[kind].secrets)
    assert not set(first.secrets.values()) & set(second.secrets.values())
    least = PROVIDERS[kind].least_characters
    assert all(len(first.secrets[name]) >= number for name, number in least.items())


def test_accounts_of_the_machine_are_refused_with_what_to_show_in_their_place(hackweek: Event) -> None:
    event = hackweek.model_copy(update={"login": Login.model_validate({"system": LOGINS["system"]})})
    with pytest.raises(PophubError, match="login `system` cannot be shown") as refused:
        require_stand_in(event)

    assert "shared_password" in refused.value.hint
