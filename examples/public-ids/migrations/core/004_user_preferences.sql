CREATE TABLE IF NOT EXISTS user_preferences (
    user_id bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    language text NOT NULL DEFAULT 'ar' CHECK (language IN ('ar', 'en')),
    theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    notify_by_email boolean NOT NULL DEFAULT true,
    notify_by_sms boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);
