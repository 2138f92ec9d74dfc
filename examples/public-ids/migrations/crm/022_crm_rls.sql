ALTER TABLE crm_leads ENABLE ROW LEVEL SECURITY;
ALTER TABLE crm_deals ENABLE ROW LEVEL SECURITY;
ALTER TABLE crm_activities ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON crm_leads, crm_deals, crm_activities TO authenticated;

-- An agent works on what is hers; what belongs to nobody yet can be taken. Managers see all of it.
DROP POLICY IF EXISTS leads_of_agents ON crm_leads;
CREATE POLICY leads_of_agents ON crm_leads TO authenticated
    USING ((SELECT auth.app_role()) = 'agent' AND (owner_id IS NULL OR owner_id = (SELECT auth.uid())))
    WITH CHECK ((SELECT auth.app_role()) = 'agent' AND owner_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS leads_of_managers ON crm_leads;
CREATE POLICY leads_of_managers ON crm_leads TO authenticated
    USING ((SELECT auth.app_role()) IN ('manager', 'admin'));

DROP POLICY IF EXISTS deals_of_agents ON crm_deals;
CREATE POLICY deals_of_agents ON crm_deals TO authenticated
    USING ((SELECT auth.app_role()) = 'agent' AND owner_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS deals_of_managers ON crm_deals;
CREATE POLICY deals_of_managers ON crm_deals TO authenticated
    USING ((SELECT auth.app_role()) IN ('manager', 'admin'));

DROP POLICY IF EXISTS activities_of_agents ON crm_activities;
CREATE POLICY activities_of_agents ON crm_activities TO authenticated
    USING ((SELECT auth.app_role()) = 'agent' AND owner_id = (SELECT auth.uid()));
DROP POLICY IF EXISTS activities_of_managers ON crm_activities;
CREATE POLICY activities_of_managers ON crm_activities TO authenticated
    USING ((SELECT auth.app_role()) IN ('manager', 'admin'));
