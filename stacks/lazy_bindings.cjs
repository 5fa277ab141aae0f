"use strict";
// The bindings of all 2,100 services take three of the five seconds of a synth. They bring an index that loads a service
// when it is used, but name the other one in their package.json: https://github.com/hashicorp/terraform-cdk/pull/3012
const fs = require("node:fs");
const { Module } = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (...request) {
  const found = resolve.apply(this, request);
  const lazy = found.replace(/([\\/]@cdktf[\\/]provider-aws[\\/]lib[\\/])index\.js$/, "$1lazy-index.js");
  return lazy !== found && fs.existsSync(lazy) ? lazy : found;
};
