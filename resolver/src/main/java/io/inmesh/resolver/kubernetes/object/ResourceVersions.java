package io.inmesh.resolver.kubernetes.object;

/** Compares resource versions as far as they can be compared (rule W-16). */
public final class ResourceVersions {
    private ResourceVersions() {}

    /** Negative, zero or positive if both are decimal integers without leading zeros; zero for everything else. */
    public static int compare(String one, String other) {
        if (!isComparable(one) || !isComparable(other)) {
            return 0;
        }
        return one.length() != other.length() ? Integer.compare(one.length(), other.length()) : one.compareTo(other);
    }

    /** The same as a total order up to equality, for sorting: what cannot be compared comes before what can. */
    public static int order(String one, String other) {
        boolean comparable = isComparable(one);
        return comparable == isComparable(other) ? compare(one, other) : Boolean.compare(comparable, !comparable);
    }

    private static boolean isComparable(String version) {
        for (int i = 0; i < version.length(); i++) {
            char c = version.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return !version.isEmpty() && version.charAt(0) != '0';
    }
}
