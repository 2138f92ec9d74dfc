-- oracle: skip (it does not follow the setting)
SET standard_conforming_strings = off;
SELECT 'a\';b';
SET LOCAL standard_conforming_strings TO 'on';
SELECT 'a\'; SELECT 1;
