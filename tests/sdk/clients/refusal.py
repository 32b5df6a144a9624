"""What every client raises here in place of its own typed error."""


class Refusal(Exception):
    """The server refused the call. `type` is the class that the SDK raised."""

    def __init__(self, type, code, message, retry_after_ms=None):
        super().__init__(f"{type}: {code}: {message}")
        self.type = type
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms
