"""Settings of one installation, read from the environment (prefix MEDIATION_) and nowhere else."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


def bundled(name: str) -> Path:
    """The folder `name` shipped with the program: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.exists() else package.parent / name


class Settings(BaseSettings):
    """Each field is one environment variable, for example MEDIATION_DATABASE_URL."""

    model_config = SettingsConfigDict(env_prefix="MEDIATION_", extra="ignore")

    data_folder: Path = Path("var")
    """Where the embedded database and the secret keys live."""
    database_url: str = ""
    """SQLAlchemy URL. Empty: SQLite in `data_folder`."""
    workflows: Path | None = None
    """An office's own workflows folder instead of the shipped one."""
    document_templates: Path | None = None
    """An office's own document templates folder instead of the shipped one."""
    font_folder: Path | None = None
    """Other fonts for printed papers, instead of the packaged Song and Hei."""
    secret_key: str = ""
    """Key that signs session cookies. Empty: made once and kept in `data_folder`."""
    key_file: Path | None = None
    """Keys that seal personal data in the database. None: `sealing.keys` in `data_folder`, made at the first start."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    """Where workers reach this installation, for example https://gh.example.cn: stands in the QR code of the receipt.
    Empty: the code alone stands there, and is typed in at the counter's own address."""
    secure_cookies: bool = False
    """Set to true behind HTTPS: cookies are then sent over HTTPS only."""
    session_hours: int = 12
    """How long a log-in lasts at most."""
    session_idle_minutes: int = 60
    """A log-in that nobody uses ends after so long."""
    second_factor_roles: str = ""
    """Roles that must log in with a second factor, for example supervisor,administrator. Empty: everybody chooses."""
    oidc_issuer: str = ""
    """Single sign-on by OpenID Connect: the issuer's address (its discovery document stands below it). Empty: none."""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    """Empty: a public client, with PKCE alone."""
    oidc_name: str = "统一身份认证"
    """What people call that log-in; stands on the button."""
    oidc_timeout_seconds: float = 5
    """How long to wait for the provider before saying that it is down."""
    upload_limit_mb: int = 10
    """Largest evidence file, in megabytes."""
    sweep_seconds: int = 15
    """How often the scheduler looks for due reminders and missed deadlines."""
    reversal_limit_fen: int = 1_000_000
    """A reversal above this sum (fen) needs a second person."""
    smtp_host: str = ""
    """Mail server for reminders. Empty: no mail is sent."""
    smtp_port: int = 25
    smtp_sender: str = "mediation@localhost"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = False
    console_channel: bool = False
    """Also print each reminder on the standard output."""

    @property
    def url(self) -> str:
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_folder / 'mediation.db').absolute()}"

    @property
    def workflows_folder(self) -> Path:
        return self.workflows or bundled("workflows")

    @property
    def templates_folder(self) -> Path:
        return self.document_templates or bundled("document_templates")

    @property
    def factor_roles(self) -> frozenset[str]:
        """The roles that must have a second factor."""
        return frozenset(filter(None, (role.strip() for role in self.second_factor_roles.split(","))))

    @property
    def keys_file(self) -> Path:
        return self.key_file or self.data_folder / "sealing.keys"

    def signing_key(self) -> str:
        """The configured key, or one made on first use and kept beside the database (mode 600)."""
        if self.secret_key:
            return self.secret_key
        self.data_folder.mkdir(parents=True, exist_ok=True)
        file = self.data_folder / "secret.key"
        try:
            with file.open("x") as f:
                file.chmod(0o600)
                f.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text().strip()


def workflows_folder() -> Path:
    """The folder with the definitions and the law that this installation uses."""
    return Settings().workflows_folder
