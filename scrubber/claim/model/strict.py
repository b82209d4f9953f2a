"""How claim JSON is checked at the edge: an unknown name is an error, never dropped."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")
