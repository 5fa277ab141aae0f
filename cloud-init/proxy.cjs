// Loaded into configurable-http-proxy before its own code, so that slow uploads are not cut off.
// Node.js ends a request that is not complete within 300 seconds, and the proxy has no option for this limit:
// https://nodejs.org/docs/latest-v20.x/api/http.html#serverrequesttimeout
// 60 MB in that time need 1.6 Mbit/s, which a full room does not have for everyone. Headers keep their limit of 60 seconds.
"use strict";

const http = require("node:http");

const { createServer } = http;
http.createServer = (...given) => Object.assign(createServer(...given), { requestTimeout: 0 });
