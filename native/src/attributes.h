/*
 * Compiler attributes used by every file of native/. DG_MUST_CHECK makes a forgotten result a build failure; DG_EXPORT marks
 * the PAM entry points, the only names that leave the shared object (module.map says so once more).
 */
#ifndef DG_ATTRIBUTES_H
#define DG_ATTRIBUTES_H

#define DG_MUST_CHECK __attribute__((warn_unused_result))
#define DG_EXPORT __attribute__((visibility("default")))

#endif
