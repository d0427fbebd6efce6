class FileError(Exception):
    """A file that cannot be read, as a code with what it is about; `jobs.imports.sentences` puts it into words."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
