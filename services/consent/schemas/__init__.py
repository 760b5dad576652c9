"""What the portal, the DPO and partners send and receive."""
