"""Ways that the published cases of this folder do not go, so that every code of the vocabulary is acted out.

No facts: only orders of steps, laid over a published case so that there are people and sums to act with.
"""

WAYS: dict[str, tuple[str, ...]] = {
    "online, a claim changed, nobody comes": (
        *("IN_ONLINE", "REG", "ASSIGN_MEDIATOR", "CONTACT_FAIL", "MEDIATION_CONSENT", "ACCEPT", "CLAIM_CHANGED"),
        *("NO_SHOW", "SESSION_ONLINE", "AGREE_FULL", "CLAUSE_ACCEL", "CLAUSE_CONDITION", "CLAUSE_INDEMNITY"),
        *("PAY_PART", "PAY_THIRD", "FOLLOWUP", "CLOSE_PART", "REOPEN"),
    ),
    "refused, arbitrated, dismissed, changed on appeal": (
        *("IN_TRANSFER", "REFUSE_MEDIATION", "ARB_FILE", "ARB_DISMISSED", "ARB_APPEALED", "J1_DISMISSED", "APPEAL"),
        *("J2_CHANGED", "ENF_APPLY", "ENF_SETTLE", "ENF_PAYOUT", "CLOSE_PART"),
    ),
    "letters without an answer": (
        *("IN_PATROL", "PARTY_LOST", "CROSS_REGION", "SV_LETTER", "SV_NOREPLY", "SV_OPINION", "SV_NOREPLY"),
        *("SV_SUGGEST", "SV_NOREPLY", "OPEN_UNKNOWN"),
    ),
    "inspection, a paper drafted, a suit that is lost": (
        *("IN_POLICE", "INSPECT_COMPLAINT", "INSPECT_CHECK", "AID_APPLY", "AID_OK", "AID_LAWYER", "DOC_DRAFT"),
        *("PARTY_DIED", "SUIT_FILE", "J1_DISMISSED", "CLOSE_LOST"),
    ),
    "settled before the committee": (
        *("IN_ARB_MULTI", "REP_CHOSEN", "ARB_FILE", "ARB_MEDIATED", "PAY_FULL", "FOLLOWUP", "CLOSE_OK"),
    ),
    "awarded in full": ("IN_HOTLINE", "ARB_FILE", "ARB_AWARD", "CLOSE_OK"),
}
