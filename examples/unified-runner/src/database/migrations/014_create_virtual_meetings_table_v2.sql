CREATE TABLE virtual_meeting_participants (meeting_id INTEGER NOT NULL REFERENCES virtual_meetings (id), user_id INTEGER NOT NULL REFERENCES users (id), PRIMARY KEY (meeting_id, user_id));
