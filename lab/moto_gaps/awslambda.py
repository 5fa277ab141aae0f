"""Lambda: where a function's log goes, which moto forgets."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

_moto_init = LambdaFunction.__init__
_moto_update = LambdaFunction.update_configuration
_moto_configuration = LambdaFunction.get_configuration


def init(self: LambdaFunction, account_id: str, spec: dict[str, Any], *arguments: Any, **named: Any) -> None:
    """Keep the log's settings."""
    _moto_init(self, account_id, spec, *arguments, **named)
    setattr(self, "logging", spec.get("LoggingConfig", {}))  # noqa: B010 - moto's class has no such field


def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
    """Change the log's settings too."""
    if "LoggingConfig" in config_updates:
        setattr(self, "logging", config_updates["LoggingConfig"])  # noqa: B010
    return _moto_update(self, config_updates)


def get_configuration(self: LambdaFunction, *arguments: Any, **named: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html."""
    usual = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
    given = getattr(self, "logging", {})
    return _moto_configuration(self, *arguments, **named) | {"LoggingConfig": usual | given}


def close_gaps() -> None:
    """Add the methods to moto's class."""
    setattr(LambdaFunction, "__init__", init)  # noqa: B010 - mypy refuses the assignment
    setattr(LambdaFunction, update_configuration.__name__, update_configuration)
    setattr(LambdaFunction, get_configuration.__name__, get_configuration)
