"""Every row that the tables of the law must have, written out by hand against the tables, not read from the files."""

TABLES: dict[str, str] = {
    "1.A": """
        negotiation_reply negotiation_agreed_period mediation_accept mediation_refusal_notice mediation_accept_nef
        mediation_finish mediation_finish_nef mediation_arbitration_window mediation_failed_notice
        mediation_chaoyang_local agreement_effective agreement_effective_online agreement_joint_review_apply
        arb_review_decide judicial_confirmation_apply judicial_confirmation_accept judicial_confirmation_decide
        judicial_confirmation_objection_party judicial_confirmation_objection_third agreement_performance_due
        performance_revisit mediation_commissioned_by_arbitration mediation_court_preaction mediation_court_ordinary
        mediation_court_summary online_choose_mediator online_court_designates online_mediator_confirms
        online_contact_other_party online_appraisal_excluded bj_online_mediation_to_arbitration
    """,
    "1.B": """
        payment_order_accept_notice payment_order_issue payment_order_service_limit payment_order_debtor
        payment_order_opt_out enforcement_apply
    """,
    "1.C": """
        arb_limitation arb_limitation_wages arb_limitation_civil_servant double_wage_limitation_bj civil_limitation
        limitation_defence labour_inspection_2y work_injury_claim
    """,
    "1.D": """
        arb_accept arb_correction_notice arb_wrong_venue_notice arb_cancel_case arb_serve_application arb_answer
        arb_serve_answer arb_counterclaim_decide arb_tribunal_notice arb_hearing_notice arb_postpone_request
        arb_partial_award arb_advance_enforcement arb_recusal_decide arb_award arb_award_restart arb_award_excluded
        arb_absent_applicant arb_service_by_posting arb_collective_decide arb_collective_notice
        arb_collective_priority arb_final_award_worker_sue arb_final_award_employer_annul arb_annulled_sue
        arb_nonfinal_sue arb_refusal_sue arb_nonenforcement_sue arb_employer_sued_wrong_court
    """,
    "1.E": """
        court_file court_serve_complaint court_answer court_serve_answer court_first_instance_ordinary
        court_first_instance_summary court_first_instance_small court_appeal_judgment court_appeal_ruling
        court_second_instance court_second_instance_ruling court_public_notice preservation_decide
        preservation_prearb_file preservation_enforce missed_period_relief
    """,
    "1.F": """
        legal_aid_decide legal_aid_assign legal_aid_advance legal_aid_refuse_notice legal_aid_supplement
        legal_aid_objection_file legal_aid_objection_decide legal_aid_bj_decide legal_aid_close_report
        legal_aid_file_review legal_aid_means_exempt legal_aid_integrity union_legal_aid_decide union_legal_aid_assign
    """,
    "1.G": """
        union_demand_reply_bj dept_result_to_union_bj dismissal_notice_union_bj layoff_notice_bj congress_agenda
        accident_report_union stoppage_report_up supervision_opinion_reply_national supervision_hint_reply
    """,
    "1.H": """
        contract_written double_wage_window termination_papers_certificate termination_papers_transfer
        termination_papers_compensation termination_papers_keep wage_on_termination wage_delay_bj wage_deferral_bj
        part_time_pay worker_resign worker_resign_probation employer_notice_art40 layoff_rehire
        collective_contract_effect work_injury_employer work_injury_worker work_injury_decide work_injury_decide_clear
        disability_grade disability_grade_completeness disability_grade_service disability_reappraisal
        disability_review injury_leave labour_inspection wage_ledger_keep wage_ledger_keep_construction
        wage_record_keep pay_before_holiday labour_cost_cycle
    """,
    "1.I": """
        petition_register_route petition_wrong_agency petition_handle petition_review_request petition_review_decide
        petition_recheck_request petition_recheck_decide hotline_12351_bj hotline_12345 hotline_12345_longer
        hotline_12345_urgent emergency_report_county group_event_report_union pi_breach_notice cyber_incident_report
        cyber_incident_report_critical cyber_incident_report_central pia_keep
    """,
}

OFFICE = [
    "intake_screening",
    "warning_verify_blue",
    "warning_verify_yellow",
    "warning_verify_orange",
    "warning_verify_red",
    "consent_answer",
    "mediation_session_hold",
    "agreement_sign",
    "performance_revisit_due",
    "performance_revisit_after",
    "legal_aid_claim",
    "legal_aid_first_contact",
    "closing_review",
]
WITHOUT_NUMBER = {
    "agreement_performance_due",
    "arb_absent_applicant",
    "arb_advance_enforcement",
    "arb_award_excluded",
    "arb_award_restart",
    "arb_collective_priority",
    "arb_partial_award",
    "arb_refusal_sue",
    "cyber_incident_report",
    "cyber_incident_report_central",
    "cyber_incident_report_critical",
    "group_event_report_union",
    "hotline_12345",
    "hotline_12345_longer",
    "hotline_12345_urgent",
    "hotline_12351_bj",
    "legal_aid_close_report",
    "legal_aid_file_review",
    "legal_aid_integrity",
    "legal_aid_means_exempt",
    "legal_aid_supplement",
    "limitation_defence",
    "mediation_chaoyang_local",
    "mediation_failed_notice",
    "mediation_refusal_notice",
    "negotiation_agreed_period",
    "online_appraisal_excluded",
    "pay_before_holiday",
    "performance_revisit",
    "supervision_hint_reply",
    "supervision_opinion_reply_national",
    "union_legal_aid_assign",
    "union_legal_aid_decide",
    "wage_deferral_bj",
}
