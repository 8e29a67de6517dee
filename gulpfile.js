exports.default = (done) => done();
