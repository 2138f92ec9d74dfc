-- Every id has the prefix of its kind, and is a CUID2 or, of what is older, a CUID.
SELECT 'patients' AS "table", id, public_id FROM patients WHERE public_id !~ '^pat_[a-z][a-z0-9]{23}$'
UNION ALL
SELECT 'appointments', id, public_id FROM appointments WHERE public_id !~ '^apt_([a-z][a-z0-9]{23}|c[a-z0-9]{24})$'
UNION ALL
SELECT 'sessions', id, public_id FROM sessions WHERE public_id !~ '^ses_([a-z][a-z0-9]{23}|c[a-z0-9]{24})$'
UNION ALL
SELECT 'insurance_claims', id, public_id FROM insurance_claims WHERE public_id !~ '^clm_[a-z][a-z0-9]{23}$';
