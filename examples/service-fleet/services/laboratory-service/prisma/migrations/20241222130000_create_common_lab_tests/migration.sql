INSERT INTO "LabTest" ("id", "loincCode", "name", "specimenType", "unit", "turnaroundHours") VALUES
    ('e3f8a6d1-0000-4000-8000-000000000001', '2345-7', 'Glucose', 'serum', 'mg/dL', 4),
    ('e3f8a6d1-0000-4000-8000-000000000002', '2951-2', 'Sodium', 'serum', 'mmol/L', 4),
    ('e3f8a6d1-0000-4000-8000-000000000003', '2823-3', 'Potassium', 'serum', 'mmol/L', 4),
    ('e3f8a6d1-0000-4000-8000-000000000004', '2160-0', 'Creatinine', 'serum', 'mg/dL', 4),
    ('e3f8a6d1-0000-4000-8000-000000000005', '4548-4', 'Hemoglobin A1c', 'blood', '%', 24),
    ('e3f8a6d1-0000-4000-8000-000000000006', '718-7', 'Hemoglobin', 'blood', 'g/dL', 4);

INSERT INTO "LabPanel" ("id", "name") VALUES
    ('e3f8a6d1-0000-4000-8000-000000000101', 'Electrolytes and kidney function');

INSERT INTO "LabPanelTest" ("id", "panelId", "testId", "position") VALUES
    (
        'e3f8a6d1-0000-4000-8000-000000000201',
        'e3f8a6d1-0000-4000-8000-000000000101',
        'e3f8a6d1-0000-4000-8000-000000000002',
        1
    ),
    (
        'e3f8a6d1-0000-4000-8000-000000000202',
        'e3f8a6d1-0000-4000-8000-000000000101',
        'e3f8a6d1-0000-4000-8000-000000000003',
        2
    ),
    (
        'e3f8a6d1-0000-4000-8000-000000000203',
        'e3f8a6d1-0000-4000-8000-000000000101',
        'e3f8a6d1-0000-4000-8000-000000000004',
        3
    );

INSERT INTO "ReferenceRange"
    ("id", "testId", "minAgeYears", "lowValue", "highValue", "criticalLow", "criticalHigh")
VALUES
    ('e3f8a6d1-0000-4000-8000-000000000301', 'e3f8a6d1-0000-4000-8000-000000000001', 18, 70, 99, 40, 450),
    ('e3f8a6d1-0000-4000-8000-000000000302', 'e3f8a6d1-0000-4000-8000-000000000002', 18, 135, 145, 120, 160),
    ('e3f8a6d1-0000-4000-8000-000000000303', 'e3f8a6d1-0000-4000-8000-000000000003', 18, 3.5, 5.1, 2.8, 6.2);
