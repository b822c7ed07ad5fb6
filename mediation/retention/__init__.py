"""How long personal data is kept, and how it is destroyed for good: periods, holds, two people, a certificate."""
