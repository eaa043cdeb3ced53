"""What makes a table append-only in the database itself, whoever asks."""

SQLITE = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change()
    RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""
POSTGRESQL = """CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


def acts(vendor: str) -> list[str]:
    return ["update", "delete", "truncate"] if vendor == "postgresql" else ["update", "delete"]


def install(connection, table: str) -> None:
    """Refuse every change to existing rows of ``table``."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        statement = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
        for act in acts(connection.vendor):
            cursor.execute(statement.format(table=table, act=act))


def remove(connection, table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for act in acts(connection.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}")
