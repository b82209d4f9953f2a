"""The TA1: an answer to the envelope of each interchange, in an interchange of its own without groups.

TA101-TA103 repeat ISA13, ISA09 and ISA10; TA104 says A, E or R, TA105 why. What is inside of the groups is
the 999's to answer.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from scrubber.write.acks.envelope import Envelope
from scrubber.write.acks.follow import Follower
from scrubber.write.acks.model import AckOptions, Interchange
from scrubber.write.acks.verdict import NO_ERROR


class Ta1Writer(Follower):
    """Writes one interchange with a TA1 for every interchange."""

    def __init__(self, stream: BinaryIO, options: AckOptions) -> None:
        super().__init__(options)
        self._out = Envelope(stream, options, "TA1")

    @property
    def written(self) -> int:
        """How many interchanges were written."""
        return self._out.written

    def on_interchange_end(self, interchange: Interchange) -> None:
        """Write the TA1.

        Where a value cannot be repeated, zeros and the date and time of the acknowledgment stand in (RFI 2102
        leaves that to the partners). There is one code: what rejects, else what was found first.
        """
        out, at = self._out, self.options.at
        out.answer(interchange)
        out.open()
        control = interchange.control
        out.spool.write(
            "TA1",
            control if re.fullmatch(r"[0-9]{9}", control) else "0" * 9,
            interchange.date if re.fullmatch(r"[0-9]{6}", interchange.date) else at.strftime("%y%m%d"),
            interchange.time if re.fullmatch(r"[0-9]{4}", interchange.time) else at.strftime("%H%M"),
            self.of_interchange.letter,
            self._code(),
        )
        out.end()

    def _code(self) -> str:
        verdict = self.of_interchange
        return verdict.codes[0] if verdict.codes else NO_ERROR

    def close(self) -> None:
        """End the file."""
        super().close()
        self._out.close()
