"""Groups of proven rows that are sent to a contract, as a batch's journal has them."""
