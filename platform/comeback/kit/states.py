"""State machines as tables: one definition for the check in Python and the trigger in PostgreSQL."""

from collections.abc import Mapping, Set


class IllegalMove(Exception):
    """A move that the machine does not know."""

    def __init__(self, machine: str, old: str, new: str) -> None:
        super().__init__(f"{machine}: {old} cannot become {new}")
        self.machine, self.old, self.new = machine, old, new


class Machine:
    """A named table of moves: state → states it may become. A state may always stay itself."""

    def __init__(self, name: str, moves: Mapping[str, Set[str]]) -> None:
        self.name = name
        self.moves = {old: frozenset(new) for old, new in moves.items()}
        self.states = frozenset(self.moves) | frozenset(s for new in self.moves.values() for s in new)

    def allows(self, old: str, new: str) -> bool:
        """Whether `old` may become `new`."""
        return old == new or new in self.moves.get(old, frozenset())

    def check(self, old: str, new: str) -> None:
        """Raises IllegalMove where `old` may not become `new`."""
        if not self.allows(old, new):
            raise IllegalMove(self.name, old, new)

    def final(self, state: str) -> bool:
        """Whether nothing follows `state`."""
        return not self.moves.get(state)

    def check_sql(self, column: str) -> str:
        """A CHECK expression over the known states."""
        return f"{column} IN ({', '.join(repr(s) for s in sorted(self.states))})"

    def trigger_sql(self, table: str, column: str) -> tuple[str, ...]:
        """DDL of a trigger that refuses illegal moves with SQLSTATE 23514."""
        pairs = ", ".join(f"'{old}>{new}'" for old in sorted(self.moves) for new in sorted(self.moves[old]))
        name = f"{table}_{column}_moves"
        return (
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.{column} || '>' || NEW.{column}) = ANY (ARRAY[{pairs}]::text[]) THEN
    RAISE EXCEPTION '{self.name}: % cannot become %', OLD.{column}, NEW.{column}
      USING ERRCODE = '23514', CONSTRAINT = '{name}';
  END IF;
  RETURN NEW;
END $$""",
            (
                f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW "
                f"WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {name}()"
            ),
        )
