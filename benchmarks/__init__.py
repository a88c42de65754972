"""The install flow, measured: our bot beside the stock SDK bot and a bare aiohttp handler that do the same job."""
