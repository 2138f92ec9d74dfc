-- The daily recall of expiring lots looks only at what is on the shelf.
CREATE INDEX "InventoryLot_pharmacyId_expiresOn_idx" ON "InventoryLot"("pharmacyId", "expiresOn")
    WHERE "quantityOnHand" > 0;
