DROP TABLE prior_authorizations;
