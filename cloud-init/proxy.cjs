// Loaded into configurable-http-proxy before its own code: whatever takes long to arrive is waited for.
// Node.js ends a request that has not arrived whole within 300 seconds, and the proxy has no option for it:
// https://nodejs.org/docs/latest-v20.x/api/http.html#serverrequesttimeout
// 60 MB in that time is 1.6 Mbit/s, which a full room does not have for each. Headers still have their 60 seconds.
"use strict";

const http = require("node:http");

const { createServer } = http;
http.createServer = (...given) => Object.assign(createServer(...given), { requestTimeout: 0 });
