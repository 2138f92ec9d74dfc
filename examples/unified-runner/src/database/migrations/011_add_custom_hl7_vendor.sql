INSERT INTO integration_vendors (name, kind) VALUES ('Custom HL7', 'hl7');
