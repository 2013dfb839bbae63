"""Changes of one thing in the contract's own document, and the differences that they make."""

from .answers import ANSWERS
from .operation import Changes
from .parameters import PARAMETERS
from .requests import REQUESTS

CHANGES: Changes = {**PARAMETERS, **REQUESTS, **ANSWERS}

__all__ = ["CHANGES"]
