DROP POLICY IF EXISTS activities_of_managers ON crm_activities;
DROP POLICY IF EXISTS activities_of_agents ON crm_activities;
DROP POLICY IF EXISTS deals_of_managers ON crm_deals;
DROP POLICY IF EXISTS deals_of_agents ON crm_deals;
DROP POLICY IF EXISTS leads_of_managers ON crm_leads;
DROP POLICY IF EXISTS leads_of_agents ON crm_leads;

REVOKE SELECT, INSERT, UPDATE, DELETE ON crm_leads, crm_deals, crm_activities FROM authenticated;

ALTER TABLE crm_activities DISABLE ROW LEVEL SECURITY;
ALTER TABLE crm_deals DISABLE ROW LEVEL SECURITY;
ALTER TABLE crm_leads DISABLE ROW LEVEL SECURITY;
