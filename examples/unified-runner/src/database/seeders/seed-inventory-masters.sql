INSERT INTO inventory_locations (code, name) VALUES ('MAIN', 'Main store'), ('ER', 'Emergency'), ('OR', 'Operating rooms');
INSERT INTO inventory_categories (code, name) VALUES ('MED', 'Medication'), ('PPE', 'Protective equipment'), ('LAB', 'Laboratory');
INSERT INTO suppliers (code, name, phone) VALUES ('MCK', 'McKesson', '+1 555 0100'), ('CAH', 'Cardinal Health', '+1 555 0101');
