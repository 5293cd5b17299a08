"""What a reader says about a file it refuses: every fault with file, line and field."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in one place; line 0 speaks of the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.message}"


class BankError(ValueError):
    """All faults found, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass
class FaultLog:
    """Collects the faults of one file, so that a reader can go on after the first."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, line: int, field: str, message: str) -> None:
        self.faults.append(Fault(self.file, line, field, message))

    def raise_any(self) -> None:
        """Raises BankError if anything was logged."""
        if self.faults:
            raise BankError(self.faults)
