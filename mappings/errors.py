"""What goes wrong when the knowledge is loaded."""


class MappingError(Exception):
    """A mapping file cannot be used. Its text gives the file (relative to the folder), the line and the reason."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"
