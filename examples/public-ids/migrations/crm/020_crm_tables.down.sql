DROP TABLE crm_activities, crm_deals, crm_leads;
