DROP TABLE virtual_meetings;
