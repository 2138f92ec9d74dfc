DELETE FROM integration_vendors WHERE name = 'Custom HL7';
