"""The in-flight limit: how many messages may be begun without an outcome in the database. Pure."""


class Window:
    """Places for messages in flight; a share is kept free for transactional ones."""

    def __init__(self, places: int) -> None:
        """Have so many places (1 or more)."""
        self._places = places
        self._kept = places // 10
        self.taken = 0

    def free(self, transactional: bool) -> int:
        """Return how many more messages may be begun."""
        return max(0, self._places - self.taken - (0 if transactional else self._kept))

    def take(self, messages: int) -> None:
        """Take places: when the mark of these messages is asked for."""
        self.taken += messages

    def give(self, messages: int) -> None:
        """Give places back: when the outcomes of these messages are committed, or they were not begun after all."""
        self.taken -= messages
