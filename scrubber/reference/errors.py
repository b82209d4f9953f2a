"""What can be wrong with the store or with a file to import, said so that it can be mended."""

from __future__ import annotations


class ReferenceDataError(Exception):
    """Reference data that cannot be read or written. `remedy` says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class StoreError(ReferenceDataError):
    """The store: damaged, not writable, or in use by another import."""


class NativeFileError(ReferenceDataError):
    """A publisher's file that is not what it should be, or not whole. Nothing of it was stored."""
