from typing import Any

from jobs.imports.sentences import file_sentence
from jobs.reading import FileError
from tenancy.errors import DomainError


class ImportRefusedError(DomainError):
    """A file or a mapping that cannot be imported, with the sentence that says why.

    `questions` are what a person must answer first (see `jobs.imports.checking.Question`).
    """

    def __init__(self, message: Any, *, questions: list[Any] | None = None) -> None:
        super().__init__(message)
        self.questions = questions or []

    @classmethod
    def from_file_error(cls, error: FileError) -> "ImportRefusedError":
        return cls(file_sentence(error))
