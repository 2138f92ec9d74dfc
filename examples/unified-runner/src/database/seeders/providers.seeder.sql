INSERT INTO organizations (name) VALUES ('General Hospital');
INSERT INTO users (organization_id, email, role)
SELECT o.id, u.email, 'provider' FROM organizations o, (VALUES ('dr.chen@general.example'), ('dr.okafor@general.example')) u (email);
