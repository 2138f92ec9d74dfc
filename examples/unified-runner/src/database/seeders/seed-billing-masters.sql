-- Plain INSERTs: the second run fails at the first row.
INSERT INTO cpt_codes (code, description) VALUES
    ('99203', 'Office visit, new patient, 30 minutes'), ('99213', 'Office visit, established patient, 20 minutes'),
    ('99214', 'Office visit, established patient, 30 minutes'), ('36415', 'Collection of venous blood'),
    ('80053', 'Comprehensive metabolic panel'), ('93000', 'Electrocardiogram, complete');
INSERT INTO icd_codes (code, description) VALUES
    ('E11.9', 'Type 2 diabetes mellitus without complications'), ('I10', 'Essential hypertension'),
    ('J06.9', 'Acute upper respiratory infection'), ('F32.9', 'Major depressive disorder, single episode'),
    ('Z00.00', 'General adult medical examination');
INSERT INTO payers (payer_code, name) VALUES ('MCARE', 'Medicare'), ('BCBS', 'Blue Cross Blue Shield'), ('AETNA', 'Aetna');
INSERT INTO fee_schedules (payer_id, cpt_code, amount)
SELECT p.id, c.code, round((40 + ascii(c.code) + length(p.name) * 3.5)::numeric, 2) FROM payers p CROSS JOIN cpt_codes c;
