CREATE TYPE "WebhookEventStatus" AS ENUM ('received', 'processing', 'processed', 'failed', 'dead_letter');

-- Providers of payments and messages deliver every event at least once. The pair of source and idempotency key decides
-- whether a delivery is new, so a repeated one is answered and not processed again.
CREATE TABLE "WebhookEventLog" (
    "id" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
    "source" TEXT NOT NULL,
    "eventType" TEXT NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "status" "WebhookEventStatus" NOT NULL DEFAULT 'received',
    "signature" TEXT,
    "payload" JSONB NOT NULL,
    "payloadSha256" VARCHAR(64) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMP(3),
    "lastError" TEXT,
    "receivedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WebhookEventLog_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "WebhookEventLog_attempts_check" CHECK ("attempts" >= 0),
    CONSTRAINT "WebhookEventLog_payloadSha256_check" CHECK ("payloadSha256" ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "WebhookEventLog_processedAt_check" CHECK (("processedAt" IS NOT NULL) = ("status" = 'processed'))
);
CREATE UNIQUE INDEX "WebhookEventLog_source_idempotencyKey_key" ON "WebhookEventLog"("source", "idempotencyKey");
CREATE INDEX "WebhookEventLog_eventType_receivedAt_idx" ON "WebhookEventLog"("eventType", "receivedAt");
CREATE INDEX "WebhookEventLog_nextAttemptAt_idx" ON "WebhookEventLog"("nextAttemptAt") WHERE "status" = 'failed';

CREATE TRIGGER "WebhookEventLog_updatedAt" BEFORE UPDATE ON "WebhookEventLog"
    FOR EACH ROW EXECUTE FUNCTION "setUpdatedAt"();
